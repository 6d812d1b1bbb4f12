package dev.bulla;

/**
 * A keyed digest of a value, by which a sealed value is found by equality: the same value of the
 * same variable and tenant has the same tag. One tag, in three lengths for three types of columns.
 *
 * @param text 128 bits, printable: it cannot be taken for an envelope
 * @param number 63 bits, not negative
 * @param real 52 bits, finite
 */
public record Tag(String text, long number, double real) {}
