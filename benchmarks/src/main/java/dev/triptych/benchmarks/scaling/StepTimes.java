package dev.triptych.benchmarks.scaling;

/**
 * How long a step takes that moves so many rows on by a token, between measured points as a straight line, beyond the
 * last along its slope.
 *
 * @param rows    ascending
 * @param seconds as many
 */
record StepTimes(int[] rows, double[] seconds) {

    StepTimes {
        if (rows.length < 2 || rows.length != seconds.length) {
            throw new IllegalArgumentException("needs as many times as row counts, and two at least");
        }
    }

    /**
     * From the rates of a closed loop: {@code clients} that ask again at once keep as many rows running, so that each
     * step ends {@code clients / steps} sentences.
     *
     * @param sentencesPerSecond measured with as many clients
     * @param steps              of a sentence, on average
     */
    static StepTimes ofClosedLoop(int[] clients, double[] sentencesPerSecond, double steps) {
        double[] seconds = new double[clients.length];
        for (int i = 0; i < clients.length; i++) {
            seconds[i] = clients[i] / (sentencesPerSecond[i] * steps);
        }
        return new StepTimes(clients, seconds);
    }

    double seconds(int count) {
        int upper = 1;
        while (upper < rows.length - 1 && rows[upper] < count) {
            upper++;
        }
        double slope = (seconds[upper] - seconds[upper - 1]) / (rows[upper] - rows[upper - 1]);
        return seconds[upper - 1] + slope * (count - rows[upper - 1]);
    }
}
