/**
 * The object {@code bulla} of scripts and expressions: portable envelopes and statements, without a
 * word about keys and, as a rule, about contexts.
 */
package dev.bulla.engine.script;
