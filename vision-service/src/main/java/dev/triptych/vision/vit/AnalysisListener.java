package dev.triptych.vision.vit;

import dev.triptych.vision.batching.PictureTrace;
import java.time.Duration;

/** Hears how requests end; called on whichever thread ends one, so it must not block. */
public interface AnalysisListener {

    /** A request begins; called on the submitter's thread. Its work is done within what this gives. */
    default PictureTrace began(String model) {
        return PictureTrace.NONE;
    }

    /**
     * A request ended; called within what {@link #began} gave.
     *
     * @param outcome {@code ok} or the error's code
     */
    default void finished(String model, String outcome, Duration took) {}
}
