package dev.triptych.local.supervisor;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds processes that a terminal cannot stop. Ctrl-C reaches every process of the foreground group at once, and
 * closing the window hangs up on all of them; a process that ignores both from its start (Java keeps to that) is
 * stopped by a SIGTERM instead, in order.
 */
final class ShieldedProcess {

    private static final List<String> SHIELD = List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

    private ShieldedProcess() {}

    static ProcessBuilder builder(List<String> command, Path folder, ServiceLog log) {
        List<String> shielded = new ArrayList<>(SHIELD);
        shielded.addAll(command);
        return new ProcessBuilder(shielded)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()));
    }
}
