package dev.triptych.text.config;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Real sessions, of which it knows those that are open. */
final class CountingSessions implements ModelSessions {

    private final ModelSessions sessions;
    private final Set<Counted> open = ConcurrentHashMap.newKeySet();

    CountingSessions(ModelSessions sessions) {
        this.sessions = sessions;
    }

    int open() {
        return open.size();
    }

    @Override
    public ModelSession open(Path graph, SessionOptions options) {
        Counted counted = new Counted(sessions.open(graph, options));
        open.add(counted);
        return counted;
    }

    private final class Counted implements ModelSession {

        private final ModelSession session;

        Counted(ModelSession session) {
            this.session = session;
        }

        @Override
        public ModelSignature signature() {
            return session.signature();
        }

        @Override
        public DevicePlacement placement() {
            return session.placement();
        }

        @Override
        public void run(NamedTensors inputs, NamedTensors outputs) {
            session.run(inputs, outputs);
        }

        @Override
        public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
            return session.run(inputs, wanted);
        }

        @Override
        public void close() {
            session.close();
            open.remove(this);
        }
    }
}
