package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelCheck;
import dev.triptych.modelpackage.ModelPackage;
import java.util.ArrayList;
import java.util.List;

/** The checks of one model while it loads, in the order in which they ran. */
final class ModelChecks {

    private final List<ModelCheck> checks = new ArrayList<>();

    /**
     * Holds the package's files against their digests.
     *
     * @throws ModelLoadException naming those that differ
     */
    void files(ModelPackage modelPackage) {
        List<String> corrupt = modelPackage.corruptFiles();
        int listed = modelPackage
                .manifest()
                .map(manifest -> manifest.sha256().size())
                .orElse(0);
        add("files", corrupt, listed + " files have the digests that triptych.json lists");
        require();
    }

    /** A check whose findings are in words; none means that it passed. */
    void add(String name, List<String> problems, String passed) {
        checks.add(ModelCheck.of(name, problems.isEmpty(), problems.isEmpty() ? passed : String.join("; ", problems)));
    }

    void addAll(List<ModelCheck> more) {
        checks.addAll(more);
    }

    /** @throws ModelLoadException if any check failed so far */
    void require() {
        if (checks.stream().anyMatch(check -> !check.passed())) {
            throw ModelLoadException.of(checks);
        }
    }

    List<ModelCheck> all() {
        return List.copyOf(checks);
    }
}
