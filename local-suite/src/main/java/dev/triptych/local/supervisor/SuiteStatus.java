package dev.triptych.local.supervisor;

import dev.triptych.local.settings.SuiteFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What runs now, read from {@code var/run} and from each service's readiness. */
public final class SuiteStatus {

    private static final String FORMAT = "%-16s %8s %6s  %-10s %s";

    private final SuitePlan plan;
    private final SuiteFolders folders;

    public SuiteStatus(SuitePlan plan, SuiteFolders folders) {
        this.plan = plan;
        this.folders = folders;
    }

    /**
     * One process of the suite.
     *
     * @param state {@code running}, {@code restarting} (dead, but a supervisor lives) or {@code stopped}
     */
    public record Row(String name, Optional<Long> pid, int port, String state, boolean ready) {}

    public List<Row> rows() throws IOException, InterruptedException {
        String absent = SuiteLock.isHeld(folders.run()) ? "restarting" : "stopped";
        List<Row> rows = new ArrayList<>();
        for (ServiceSpec spec : plan.services()) {
            PidFile pidFile = new PidFile(folders.run(), spec.name());
            Optional<Long> pid = pidFile.process().map(ProcessHandle::pid);
            boolean ready = pid.isPresent() && spec.readiness().ready();
            String state = pid.isPresent() ? "running" : pidFile.exists() ? absent : "stopped";
            rows.add(new Row(spec.name(), pid, spec.port(), state, ready));
        }
        return rows;
    }

    public static List<String> table(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(line("NAME", "PID", "PORT", "STATE", "READY"));
        for (Row row : rows) {
            lines.add(line(
                    row.name(),
                    row.pid().map(String::valueOf).orElse("-"),
                    Integer.toString(row.port()),
                    row.state(),
                    row.ready() ? "yes" : "no"));
        }
        return lines;
    }

    private static String line(String name, String pid, String port, String state, String ready) {
        return String.format(Locale.ROOT, FORMAT, name, pid, port, state, ready);
    }
}
