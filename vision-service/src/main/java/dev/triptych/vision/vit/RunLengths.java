package dev.triptych.vision.vit;

/**
 * Writes a mask in COCO's compressed run-length form while its pixels are met column by column: the lengths of runs of
 * zeros and ones in turn, from the fourth run on less the last but one, in groups of five bits, lowest first. A group is
 * the character 48 + bits, plus 32 where more follow; the highest of the last group's bits is the sign.
 *
 * <p>This is what {@code pycocotools.mask} encodes and decodes, for any mask.
 */
final class RunLengths {

    private static final int GROUP_BITS = 5;
    private static final int GROUP = (1 << GROUP_BITS) - 1;
    private static final int SIGN = 1 << (GROUP_BITS - 1);
    private static final int MORE = 1 << GROUP_BITS;
    private static final int FIRST_CHARACTER = 48;

    /** The run from which on differences are written. */
    private static final int FIRST_DIFFERENCE = 3;

    private final StringBuilder text = new StringBuilder();
    private long written;
    private int runs;
    private long last;
    private long lastButOne;

    /**
     * Adds a run of ones.
     *
     * @param from the first pixel's index, counted column by column; beyond all runs so far
     * @param to the index behind the last pixel
     */
    void ones(long from, long to) {
        append(from - written);
        append(to - from);
        written = to;
    }

    /** The whole text, where the mask has that many pixels. */
    String finish(long pixels) {
        if (written < pixels || runs == 0) {
            append(pixels - written);
            written = pixels;
        }
        return text.toString();
    }

    private void append(long count) {
        long value = runs >= FIRST_DIFFERENCE ? count - lastButOne : count;
        boolean more = true;
        while (more) {
            int group = (int) (value & GROUP);
            value >>= GROUP_BITS;
            more = (group & SIGN) == 0 ? value != 0 : value != -1;
            text.append((char) (FIRST_CHARACTER + group + (more ? MORE : 0)));
        }
        lastButOne = last;
        last = count;
        runs++;
    }
}
