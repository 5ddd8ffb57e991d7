package dev.triptych.engine;

import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A session that others than its owner may run, each with tensors of their own. The owner closes it when it likes:
 * closing waits for the runs in progress, and later ones fail.
 */
public final class SharedSession implements ModelSession {

    private final ModelSession session;
    private final ReadWriteLock life = new ReentrantReadWriteLock();
    private boolean closed;

    public SharedSession(ModelSession session) {
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

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        life.readLock().lock();
        try {
            return closed;
        } finally {
            life.readLock().unlock();
        }
    }

    @Override
    public void run(NamedTensors inputs, NamedTensors outputs) {
        life.readLock().lock();
        try {
            requireOpen();
            session.run(inputs, outputs);
        } finally {
            life.readLock().unlock();
        }
    }

    @Override
    public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
        life.readLock().lock();
        try {
            requireOpen();
            return session.run(inputs, wanted);
        } finally {
            life.readLock().unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new EngineException("the graph is closed");
        }
    }

    @Override
    public void close() {
        life.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } finally {
            life.writeLock().unlock();
        }
    }
}
