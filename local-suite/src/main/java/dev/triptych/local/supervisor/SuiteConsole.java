package dev.triptych.local.supervisor;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The supervisor's own lines, and the services' with their names in front. Lines never mix: printing is synchronized. */
public final class SuiteConsole {

    private static final String OWN_NAME = "triptych";
    private static final int NAME_WIDTH = 15;
    private static final int[] COLORS = {36, 33, 32, 35, 34};

    private final PrintStream out;
    private final boolean colored;

    /** @param colored whether {@code out} is a terminal */
    public SuiteConsole(PrintStream out, boolean colored) {
        this.out = out;
        this.colored = colored;
    }

    void say(String line) {
        print(OWN_NAME, 0, line);
    }

    /** @param index decides the color of the name */
    public void print(String name, int index, String line) {
        String prefix = String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s | ", name);
        synchronized (out) {
            out.println(
                    colored
                            ? "\u001b[" + COLORS[index % COLORS.length] + "m" + prefix + "\u001b[0m" + line
                            : prefix + line);
            out.flush();
        }
    }

    /** Lines to copy from, so without a prefix. */
    void sayPlain(List<String> lines) {
        synchronized (out) {
            lines.forEach(out::println);
            out.flush();
        }
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
