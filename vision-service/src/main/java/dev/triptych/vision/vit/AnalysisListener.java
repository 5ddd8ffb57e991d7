package dev.triptych.vision.vit;

import java.time.Duration;

/** Hears how requests end; called on whichever thread ends one, so it must not block. */
public interface AnalysisListener {

    /**
     * A request ended.
     *
     * @param outcome {@code ok} or the error's code
     */
    default void finished(String model, String outcome, Duration took) {}
}
