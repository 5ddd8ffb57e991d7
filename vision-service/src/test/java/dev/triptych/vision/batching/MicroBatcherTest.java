package dev.triptych.vision.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.triptych.testkit.ManualClock;
import dev.triptych.testkit.Recorded;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MicroBatcherTest {

    private static final Set<String> ECHO = Set.of("echo");
    private static final int WIDE = 7;
    private static final int JOB = 77;
    private static final int MAX = 4;
    private static final int CAPACITY = 6;

    private final ManualClock clock = new ManualClock();
    private final EchoRunner runner = new EchoRunner();
    private final MicroBatcher batcher = new MicroBatcher(
            "m",
            runner,
            new BatchSettings(MAX, Duration.ZERO, CAPACITY),
            new BatchListener() {
                @Override
                public void dequeued(String model, Duration waited) {
                    waits.add(waited);
                }
            },
            clock);
    private final List<Duration> waits = new ArrayList<>();

    /** Answers each picture with its first pixel, and remembers the sizes of its batches. */
    private final class EchoRunner implements BatchRunner {

        private final List<Integer> batches = new ArrayList<>();
        private final List<String> kinds = new ArrayList<>();
        private final List<String> lanes = new ArrayList<>();
        private Duration takes = Duration.ZERO;
        private RuntimeException failure = null;
        private int closed;

        @Override
        public List<RowOutputs> run(List<RgbImage> images, Set<String> outputs) {
            batches.add(images.size());
            if (failure != null) {
                throw failure;
            }
            clock.advance(takes);
            lanes.add(images.getFirst().pixels()[0] == JOB ? "job" : "somebody");
            kinds.add(outputs + " " + images.getFirst().width());
            return images.stream().map(this::echo).toList();
        }

        private RowOutputs echo(RgbImage image) {
            return new RowOutputs(Map.of("echo", new RowOutputs.Array(List.of(1), new float[] {image.pixels()[0]})));
        }

        @Override
        public int maxRows(int width, int height, Set<String> outputs) {
            return width == WIDE ? 1 : MAX;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void whatWaitsSharesABatchUpToItsLimitAndEachGetsItsOwnRow() throws InterruptedException {
        List<BatchTicket> tickets = submit(6);
        batcher.runOnce();
        batcher.runOnce();
        assertThat(runner.batches).containsExactly(4, 2);
        for (int i = 0; i < tickets.size(); i++) {
            assertThat(value(tickets.get(i))).isEqualTo(i);
        }
    }

    @Test
    void aFullQueueIsOverloadedAtOnce() {
        submit(CAPACITY);
        assertThatExceptionOfType(TriptychException.Overloaded.class)
                .isThrownBy(() -> submit(1))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
                .satisfies(e -> assertThat(e.retryAfter()).isPositive());
        assertThat(batcher.waiting()).isEqualTo(CAPACITY);
    }

    @Test
    void picturesThatSomebodyWaitsForRunBeforeThoseOfAJobThatCameEarlier() throws InterruptedException {
        runner.takes = Duration.ofMillis(10);
        List<BatchTicket> job = submitJob(CAPACITY);
        batcher.runOnce();
        BatchTicket waitedFor = submit(1).getFirst();
        batcher.runOnce();
        assertThat(runner.batches).containsExactly(MAX, 1);
        assertThat(waitedFor.outputs()).isCompleted();
        assertThat(job.getLast().outputs()).isNotDone();
    }

    @Test
    void aJobHasAnEighthOfTheTimeAndSmallBatchesBesideThoseWhoWait() throws InterruptedException {
        runner.takes = Duration.ofMillis(10);
        submitJob(CAPACITY);
        for (int turn = 0; turn < 17; turn++) {
            submit(1);
            batcher.runOnce();
        }
        assertThat(runner.lanes)
                .filteredOn("job"::equals)
                .as("of 17 runs of one length the first, the ninth and the last")
                .hasSize(3);
        assertThat(runner.lanes.get(0)).isEqualTo("job");
        assertThat(runner.lanes.get(8)).isEqualTo("job");
        assertThat(runner.lanes.get(16)).isEqualTo("job");
        assertThat(runner.batches.getFirst()).isEqualTo(MAX);
        assertThat(runner.batches.get(8)).isEqualTo(1);
    }

    @Test
    void aJobThatFillsItsPlacesTakesNobodyElses() {
        submitJob(CAPACITY);
        assertThatExceptionOfType(TriptychException.Overloaded.class).isThrownBy(() -> submitJob(1));
        assertThat(submit(CAPACITY)).hasSize(CAPACITY);
    }

    @Test
    void cancelledPicturesAreDroppedBeforeTheRun() throws InterruptedException {
        List<BatchTicket> tickets = submit(3);
        tickets.get(1).cancel();
        tickets.get(1).cancel();
        batcher.runOnce();
        assertThat(runner.batches).containsExactly(2);
        assertThat(value(tickets.get(2))).isEqualTo(2);
    }

    @Test
    void aBatchOfNobodyDoesNotRun() throws InterruptedException {
        submit(2).forEach(BatchTicket::cancel);
        batcher.runOnce();
        assertThat(runner.batches).isEmpty();
    }

    @Test
    void aPicturePastItsDeadlineFailsWithoutRunning() throws InterruptedException {
        BatchTicket late = batcher.submit(picture(1), ECHO, clock.instant().plusSeconds(1));
        BatchTicket patient = batcher.submit(picture(2), ECHO, clock.instant().plusSeconds(9));
        clock.advance(Duration.ofSeconds(2));
        batcher.runOnce();
        assertThat(runner.batches).containsExactly(1);
        assertThat(value(patient)).isEqualTo(2);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> late.outputs().join())
                .withCauseInstanceOf(TriptychException.Failed.class)
                .withMessageContaining("2000 ms");
        assertThat(waits).containsExactly(Duration.ofSeconds(2));
    }

    @Test
    void aFailedRunFailsItsBatchAndNoOther() throws InterruptedException {
        List<BatchTicket> first = submit(2);
        runner.failure = new IllegalStateException("native");
        batcher.runOnce();
        runner.failure = null;
        BatchTicket next = submit(1).getFirst();
        batcher.runOnce();
        assertThat(first).allSatisfy(ticket -> assertThat(ticket.outputs()).isCompletedExceptionally());
        assertThat(value(next)).isEqualTo(0);
    }

    @Test
    void closingFinishesWhatWaitsThenRefuses() throws Exception {
        List<BatchTicket> tickets = submit(5);
        batcher.start();
        batcher.close();
        batcher.close();
        for (BatchTicket ticket : tickets) {
            assertThat(ticket.outputs().get(1, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(batcher.isAlive()).isFalse();
        assertThat(runner.closed).isEqualTo(1);
        assertThatExceptionOfType(TriptychException.Overloaded.class)
                .isThrownBy(() -> submit(1))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void anErrorEndsTheThreadAndNobodyIsLeftWaiting() throws Exception {
        MicroBatcher dying = new MicroBatcher(
                "dying",
                new BatchRunner() {
                    @Override
                    public List<RowOutputs> run(List<RgbImage> images, Set<String> outputs) {
                        throw new LinkageError("the native library is gone");
                    }

                    @Override
                    public int maxRows(int width, int height, Set<String> outputs) {
                        return 1;
                    }

                    @Override
                    public void close() {}
                },
                new BatchSettings(1, Duration.ZERO, CAPACITY),
                new BatchListener() {},
                clock);
        Instant late = clock.instant().plusSeconds(60);
        List<BatchTicket> tickets = List.of(dying.submit(picture(1), ECHO, late), dying.submit(picture(2), ECHO, late));
        dying.start();
        for (BatchTicket ticket : tickets) {
            assertThat(ticket.outputs().handle((outputs, error) -> error).get(5, TimeUnit.SECONDS))
                    .isInstanceOf(TriptychException.class);
        }
        dying.close();
        assertThat(dying.isAlive()).isFalse();
    }

    private List<BatchTicket> submit(int count) {
        List<BatchTicket> tickets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tickets.add(batcher.submit(picture(i), ECHO, clock.instant().plusSeconds(60)));
        }
        return tickets;
    }

    private List<BatchTicket> submitJob(int count) {
        List<BatchTicket> tickets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tickets.add(batcher.submit(
                    new BatchTicket.Wish(picture(JOB), ECHO, Priority.BATCH),
                    clock.instant().plusSeconds(60)));
        }
        return tickets;
    }

    private static float value(BatchTicket ticket) {
        return ticket.outputs().join().get("echo").values()[0];
    }

    @Test
    void onlyPicturesOfOneSizeThatWantTheSameShareARun() throws InterruptedException {
        Instant late = clock.instant().plusSeconds(60);
        RgbImage wide = new RgbImage(WIDE, 1, new byte[WIDE * 3]);
        batcher.submit(picture(1), ECHO, late);
        batcher.submit(wide, ECHO, late);
        BatchTicket last = batcher.submit(picture(3), ECHO, late);
        batcher.runOnce();
        assertThat(value(last)).isEqualTo(3);
        assertThat(runner.kinds).containsExactly("[echo] 1", "[echo] 7");
        assertThat(runner.batches).containsExactly(2, 1);
    }

    @Test
    void picturesThatWantDifferentOutputsRunApart() throws InterruptedException {
        Instant late = clock.instant().plusSeconds(60);
        batcher.submit(picture(1), ECHO, late);
        batcher.submit(picture(2), Set.of("other"), late);
        batcher.runOnce();
        assertThat(runner.kinds).containsExactly("[echo] 1", "[other] 1");
    }

    @Test
    void aRecordingShowsEachRunWithItsPictures() throws IOException {
        Instant late = clock.instant().plusSeconds(60);
        List<RecordedEvent> events = Recorded.during("dev.triptych.Batch", () -> {
            submit(3);
            turn();
            batcher.submit(new RgbImage(WIDE, 1, new byte[WIDE * 3]), ECHO, late);
            runner.failure = new IllegalStateException("native");
            turn();
        });
        assertThat(events)
                .extracting(
                        event -> event.getString("model"),
                        event -> event.getInt("rows"),
                        event -> event.getInt("width"),
                        event -> event.getInt("height"),
                        event -> event.getString("outcome"))
                .containsExactly(tuple("m", 3, 1, 1, "completed"), tuple("m", 1, WIDE, 1, "failed"));
    }

    private void turn() {
        try {
            batcher.runOnce();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static RgbImage picture(int value) {
        return new RgbImage(1, 1, new byte[] {(byte) value, 0, 0});
    }
}
