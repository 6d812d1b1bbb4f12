/** Canonical JSON for what Java names itself: keys of several columns, lines of an anchor. */
package dev.bulla.engine.json;
