/** A node: the tables, keys, anchors and checkpoints of one running process engine. */
package dev.bulla.engine.node;
