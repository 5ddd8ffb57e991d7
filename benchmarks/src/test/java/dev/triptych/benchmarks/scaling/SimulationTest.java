package dev.triptych.benchmarks.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.benchmarks.scaling.Simulation.Outcome;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {

    private static final StepTimes TIMES = new StepTimes(new int[] {1, 11}, new double[] {0.001, 0.002});

    @Test
    void betweenAndBeyondThePointsStepTimesAreStraight() {
        assertThat(TIMES.seconds(1)).isEqualTo(0.001);
        assertThat(TIMES.seconds(6)).isCloseTo(0.0015, within(1e-12));
        assertThat(TIMES.seconds(31)).isCloseTo(0.004, within(1e-12));
    }

    @Test
    void oneClientTakesItsStepsOneAfterAnother() {
        Outcome outcome = new Simulation(TIMES, new Lengths(10, 0), 64, 1).closedLoop(1, 1000);
        assertThat(outcome.p50()).isCloseTo(0.01, within(1e-9));
        assertThat(outcome.p99()).isCloseTo(0.01, within(1e-9));
        assertThat(outcome.sentencesPerSecond()).isCloseTo(100, within(1e-6));
    }

    @Test
    void rowsThatStepTogetherShareTheStep() {
        Outcome outcome = new Simulation(TIMES, new Lengths(10, 0), 64, 1).closedLoop(11, 11_000);
        // Who asks again joins one step later, so that the step between runs with fewer rows.
        assertThat(outcome.sentencesPerSecond()).isCloseTo(11 / (10 * 0.002), Percentage.withPercentage(6));
    }

    @Test
    void whatFindsNoRowWaits() {
        // Eleven clients at one row each: ten wait, so each answer takes eleven times as long.
        Outcome outcome = new Simulation(TIMES, new Lengths(10, 0), 1, 1).closedLoop(11, 1100);
        assertThat(outcome.p50()).isCloseTo(0.11, within(1e-9));
        assertThat(outcome.sentencesPerSecond()).isCloseTo(100, Percentage.withPercentage(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsThatComeAllLeave(long seed) {
        Outcome outcome = new Simulation(TIMES, new Lengths(10, 0.3), 64, seed).openLoop(3, 400, 300);
        assertThat(outcome.sentencesPerSecond()).isCloseTo(400, Percentage.withPercentage(2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSingleRowIsTheQueueOfTheBooks(long seed) {
        // M/D/1 at 70 %: mean wait is rho / (2 (1 - rho)) services.
        StepTimes constant = new StepTimes(new int[] {1, 2}, new double[] {0.01, 0.01});
        Outcome outcome = new Simulation(constant, new Lengths(1, 0), 1, seed).openLoop(1, 70, 4000);
        assertThat(outcome.meanLatency()).isCloseTo(0.01 * (1 + 0.7 / 0.6), Percentage.withPercentage(4));
    }

    @Test
    void moreWorkersThanPartitionsAreIdle() {
        Simulation simulation = new Simulation(TIMES, new Lengths(10, 0), 64, 1);
        double six = simulation.job(60_000, 6, 6, 256, 0.02);
        assertThat(simulation.job(60_000, 6, 12, 256, 0.02)).isEqualTo(six);
        assertThat(six).isCloseTo(6 * simulation.job(60_000, 6, 1, 256, 0.02), Percentage.withPercentage(1));
    }

    @Test
    void itPredictsWhatItWasNotFittedTo() {
        for (ScalingBenchmark.Measured measured : ScalingBenchmark.MEASURED) {
            Outcome at32 = measured.simulation(1).closedLoop(32, 20_000);
            assertThat(at32.sentencesPerSecond()).isCloseTo(measured.rates()[2], Percentage.withPercentage(15));
            assertThat(1000 * at32.p50()).isCloseTo(measured.p50()[2], Percentage.withPercentage(15));
        }
    }
}
