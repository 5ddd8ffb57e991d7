package dev.triptych.text.runtime;

import java.util.List;
import java.util.Optional;

/** The models of the repository that text-service owns. Safe from any thread. */
public interface TextModels {

    /** Every model, also those that are loading or failed; sorted by id. */
    List<ModelDescription> list();

    /** The generating model of that id if it is ready. */
    Optional<TextGenerator> ready(String id);

    /** The encoder of that id if it is ready. */
    Optional<TextEmbedder> embedder(String id);

    /** False until every model of the repository is either ready or failed. */
    boolean settled();
}
