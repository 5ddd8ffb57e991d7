package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelCheck;
import java.util.List;

/** A model cannot be served; the problems say which checks failed and by how much. */
public final class ModelLoadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;
    private final transient List<ModelCheck> checks;

    private ModelLoadException(List<String> problems, List<ModelCheck> checks) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
        this.checks = List.copyOf(checks);
    }

    /** It failed before anything could be measured. */
    public ModelLoadException(List<String> problems) {
        this(problems, List.of());
    }

    /** Some of these checks failed. */
    static ModelLoadException of(List<ModelCheck> checks) {
        List<String> problems = checks.stream()
                .filter(check -> !check.passed())
                .map(ModelCheck::toString)
                .toList();
        return new ModelLoadException(problems, checks);
    }

    public List<String> problems() {
        return problems == null ? List.of(getMessage()) : problems;
    }

    /** Every check that ran, those that passed too. */
    public List<ModelCheck> checks() {
        return checks == null ? List.of() : checks;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
