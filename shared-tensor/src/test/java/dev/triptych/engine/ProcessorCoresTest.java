package dev.triptych.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorCoresTest {

    @TempDir
    Path machine;

    @Test
    void threadsOfOneCoreCountOnce() throws IOException {
        processors("0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7");
        Files.createDirectories(machine.resolve("cpufreq"));
        assertThat(ProcessorCores.usable(machine, 8)).isEqualTo(4);
    }

    @Test
    void aContainerHasNoMoreThanItsShare() throws IOException {
        processors("0", "1", "2", "3", "4", "5", "6", "7");
        assertThat(ProcessorCores.usable(machine, 2)).isEqualTo(2);
    }

    @Test
    void whereTheMachineIsNotDescribedTheShareCounts() throws IOException {
        assertThat(ProcessorCores.usable(machine.resolve("none"), 3)).isEqualTo(3);
        Files.createDirectories(machine.resolve("cpu0"));
        assertThat(ProcessorCores.usable(machine, 3)).isEqualTo(3);
    }

    private void processors(String... siblings) throws IOException {
        for (int i = 0; i < siblings.length; i++) {
            Path topology = Files.createDirectories(machine.resolve("cpu" + i).resolve("topology"));
            Files.writeString(topology.resolve("thread_siblings_list"), siblings[i] + "\n");
        }
    }
}
