package dev.triptych.text.runtime;

import dev.triptych.text.runtime.ModelDescription.Version;
import dev.triptych.text.runtime.ModelDescription.VersionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What there is of one model: the version that is asked, the one that is tried beside it, and those that finish what they
 * have. Written by whoever loads, read by any thread.
 */
final class ModelPlace {

    private volatile State state;
    private final List<LiveModel> draining = new CopyOnWriteArrayList<>();

    /**
     * Replaced as a whole.
     *
     * @param described the model while no version runs
     * @param live the version that is asked
     * @param attempt a version that is being loaded or that was refused
     */
    private record State(
            ModelDescription described,
            @Nullable LiveModel live,
            @Nullable Version attempt) {}

    ModelPlace(ModelDescription described) {
        this.state = new State(described, null, null);
    }

    ModelDescription description() {
        State now = state;
        List<Version> versions = new ArrayList<>();
        ModelDescription base = now.described;
        if (now.live != null) {
            base = now.live.served().description();
            versions.add(now.live.describe(VersionStatus.READY));
        }
        if (now.attempt != null) {
            versions.add(now.attempt);
        }
        draining.forEach(old -> versions.add(old.describe(VersionStatus.DRAINING)));
        return base.withVersions(versions);
    }

    Optional<LiveModel> live() {
        return Optional.ofNullable(state.live);
    }

    /** A version is being loaded; one that runs goes on. */
    void trying(ModelDescription loading, Version attempt) {
        state = new State(loading, state.live, attempt);
    }

    /** A version was refused; one that runs goes on. */
    void refused(ModelDescription failed, Version attempt) {
        state = new State(failed, state.live, attempt);
    }

    /**
     * A version takes over.
     *
     * @return the one before it
     */
    Optional<LiveModel> become(LiveModel next) {
        Optional<LiveModel> before = live();
        state = new State(next.served().description(), next, null);
        return before;
    }

    /**
     * No version is asked any more.
     *
     * @return the one that was
     */
    Optional<LiveModel> leave(ModelDescription described) {
        Optional<LiveModel> before = live();
        state = new State(described, null, null);
        return before;
    }

    void draining(LiveModel old) {
        draining.add(old);
    }

    void freed(LiveModel old) {
        draining.remove(old);
    }
}
