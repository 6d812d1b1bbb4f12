/**
 * The audit of a database: reads it over JDBC, has the core compare it with what the ledger and the
 * anchors prove, and reports.
 */
package dev.bulla.audit;
