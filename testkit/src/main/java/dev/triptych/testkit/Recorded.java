package dev.triptych.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What Flight Recorder saw while a test did something. */
public final class Recorded {

    private Recorded() {}

    /** The events of that name, in their order. */
    public static List<RecordedEvent> during(String event, Work work) throws IOException {
        Path file = Files.createTempFile("recorded", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable(event).withThreshold(Duration.ZERO);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(recorded -> recorded.getEventType().getName().equals(event))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    /** What is recorded. */
    @FunctionalInterface
    public interface Work {

        void run() throws IOException;
    }
}
