package dev.triptych.vision.model;

/** What a model must pass before it is served, in this order. */
public enum ModelCheck {
    /** {@code config.json} and {@code triptych.json} can be read and keep their schema. */
    PACKAGE("package"),
    /** Every file has the digest that {@code triptych.json} states. */
    CHECKSUMS("checksums"),
    /** The preprocessing and the labels are ones that this service can reproduce. */
    SETTINGS("settings"),
    /** The runtime can open the graph. */
    GRAPH("graph"),
    /** Names, types and extents of inputs and outputs are those of the model's task. */
    SIGNATURE("signature"),
    /** Runs give finite values of the task's shapes, and a picture's do not depend on its batch. */
    WARM_UP("warm-up"),
    /** Loading ended without a fault that no other check foresees. */
    LOADING("loading");

    private final String id;

    ModelCheck(String id) {
        this.id = id;
    }

    /** The check's name as clients see it. */
    public String id() {
        return id;
    }
}
