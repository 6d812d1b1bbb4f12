package dev.bulla;

/**
 * What an envelope says in the clear. Nothing of it is verified before the envelope is opened.
 *
 * @param key the id of the data key that sealed it
 * @param installation the installation it belongs to
 * @param context the place it belongs to
 * @param size the length of what is sealed with its padding, in bytes
 */
public record Inspection(String key, String installation, Context context, int size) {}
