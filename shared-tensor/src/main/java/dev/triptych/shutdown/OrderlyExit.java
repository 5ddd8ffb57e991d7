package dev.triptych.shutdown;

import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/**
 * Drains before the JVM begins to shut down. Shutdown hooks run all at once, and ONNX Runtime brings one of its own that
 * releases its environment: a drain that is a hook too would run graphs on released memory.
 */
public final class OrderlyExit {

    private static final int SIGNAL_EXIT = 128;

    private OrderlyExit() {}

    /** From now on SIGTERM and SIGINT run {@code drain} on a thread of its own, then end the JVM as they always do. */
    public static void afterSignals(Runnable drain) {
        AtomicBoolean begun = new AtomicBoolean();
        for (String name : new String[] {"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> {
                if (begun.compareAndSet(false, true)) {
                    Thread.ofPlatform().name("drain").start(() -> {
                        try {
                            drain.run();
                        } finally {
                            System.exit(SIGNAL_EXIT + signal.getNumber());
                        }
                    });
                }
            });
        }
    }
}
