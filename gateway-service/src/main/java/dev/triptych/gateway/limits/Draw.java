package dev.triptych.gateway.limits;

/**
 * What is to be drawn from a bucket at once.
 *
 * @param wanted as much of it is given as there is, in whole units
 * @param used   drawn in any case, since it was used already; the level may fall below 0
 */
record Draw(long wanted, long used) {

    static final Draw LOOK = new Draw(0, 0);
    static final Draw ONE = new Draw(1, 0);

    Draw plus(Draw other) {
        return new Draw(wanted + other.wanted, used + other.used);
    }

    /**
     * What came of it.
     *
     * @param granted of {@link Draw#wanted}
     * @param level   left in the bucket
     */
    record Drawn(long granted, double level) {}
}
