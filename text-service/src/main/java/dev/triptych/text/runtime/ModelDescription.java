package dev.triptych.text.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A model of the repository and how it fares.
 *
 * @param id the folder's name
 * @param task such as {@code translation}
 * @param source language of the input, for translation
 * @param target language of the output, for translation
 * @param status whether it can be asked
 * @param device where it runs; empty until loaded
 * @param created modification time of its settings
 * @param problems for {@link Status#FAILED} which checks failed and by how much
 */
public record ModelDescription(
        String id,
        String task,
        Optional<String> source,
        Optional<String> target,
        Status status,
        Optional<String> device,
        Instant created,
        List<String> problems) {

    public ModelDescription {
        problems = List.copyOf(problems);
    }

    /** The same model, failed for those reasons. */
    public ModelDescription failed(List<String> reasons) {
        return new ModelDescription(id, task, source, target, Status.FAILED, device, created, reasons);
    }

    /** The same model, ready on that device. */
    public ModelDescription readyOn(String placement) {
        return new ModelDescription(id, task, source, target, Status.READY, Optional.of(placement), created, List.of());
    }

    /** Life of a model. */
    public enum Status {
        LOADING,
        READY,
        FAILED
    }
}
