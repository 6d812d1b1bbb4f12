/**
 * Capture of what an engine writes: every row of every covered table, as it went to the database.
 */
package dev.bulla.engine.record;
