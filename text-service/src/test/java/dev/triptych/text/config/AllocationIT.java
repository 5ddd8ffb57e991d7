package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the loop's thread allocates while rows decode and nobody joins or leaves, by the thread's own count: a few small values,
 * among which no tensor, no native handle and no row of scores would have room.
 */
class AllocationIT {

    private static final int ROWS = 8;
    private static final int TOKENS = 96;

    /** Of a step, whatever its rows, and of each row. Compiled code comes to 4,800 and 640. */
    private static final long STEP_BYTES = 7_500;

    private static final long ROW_BYTES = 900;

    @TempDir
    private Path folder;

    /** Bytes that the engine's thread allocated from step to step, by rows. */
    private static final class Meter implements RuntimeListener {

        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final TreeMap<Integer, List<Long>> bytes = new TreeMap<>();
        private long before;
        private int rowsBefore;
        private boolean joined = true;

        @Override
        public void encoded(double paddingRatio) {
            joined = true;
        }

        @Override
        public synchronized void stepped(int rows) {
            long now = threads.getCurrentThreadAllocatedBytes();
            if (!joined && rows == rowsBefore) {
                bytes.computeIfAbsent(rows, key -> new ArrayList<>()).add(now - before);
            }
            joined = false;
            rowsBefore = rows;
            before = threads.getCurrentThreadAllocatedBytes();
        }

        synchronized long median(int rows) {
            List<Long> all = bytes.getOrDefault(rows, List.of());
            assertThat(all).as("steps of %d rows", rows).hasSizeGreaterThan(TOKENS / 4);
            List<Long> sorted = new ArrayList<>(all);
            Collections.sort(sorted);
            return sorted.get(sorted.size() / 2);
        }
    }

    @Test
    void aStepAllocatesNoTensorAndFewBytes() throws IOException {
        Meter meter = new Meter();
        try (ModelRegistry models = TestEngines.open(TestEngines.floatTranslator(folder), meter)) {
            TextGenerator generator = models.ready("triptych-en-de").orElseThrow();
            generate(generator, ROWS);
            generate(generator, 1);
            long one = meter.median(1);
            long many = meter.median(ROWS);
            assertThat(one).as("bytes of a step of one row").isLessThan(STEP_BYTES);
            assertThat((many - one) / (ROWS - 1))
                    .as("bytes of each further row")
                    .isLessThan(ROW_BYTES);
        }
    }

    /** Long outputs side by side, of rows that join together. */
    private static void generate(TextGenerator generator, int rows) {
        List<Integer> prompt = generator.encode("The printer, the keyboard, the mouse, the screen, the disk, the file, "
                + "the folder, the window, the button, the menu, the program, the package, the server, the network, "
                + "the user, the password, the picture, the table, the page, the line, the word, the letter, the number, "
                + "the date, the time, the clock, the key, the door, the house and the garden are described below");
        List<Generation> running = IntStream.range(0, rows)
                .mapToObj(row -> Generation.start(generator, prompt, GenerationParameters.greedy(TOKENS)))
                .toList();
        running.forEach(Generation::result);
    }
}
