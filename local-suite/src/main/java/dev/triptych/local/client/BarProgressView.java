package dev.triptych.local.client;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with rate and time left, for a terminal. */
public final class BarProgressView implements ProgressView {

    private static final int REFRESH_MILLIS = 500;

    private final PrintStream terminal;
    private final ProgressBar bar;

    /**
     * @param terminal where the bar is drawn
     * @param unit what is counted, in the plural
     */
    public BarProgressView(PrintStream terminal, String name, long total, String unit) {
        this.terminal = terminal;
        this.bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .setUnit(" " + unit, 1)
                .showSpeed()
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(terminal))
                .build();
    }

    @Override
    public void update(long done) {
        bar.stepTo(done);
    }

    @Override
    public void note(String text) {
        terminal.print("\r\u001b[K" + text + System.lineSeparator());
        terminal.flush();
    }

    @Override
    public void close() {
        bar.close();
    }
}
