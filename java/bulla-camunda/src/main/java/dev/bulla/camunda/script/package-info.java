/** The object {@code bulla} in the scripts, expressions and delegates of Camunda 7. */
package dev.bulla.camunda.script;
