package dev.triptych.text.model;

import java.util.List;

/** A model cannot be served; the problems say which checks failed and by how much. */
public final class ModelLoadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ModelLoadException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems == null ? List.of(getMessage()) : problems;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
