package dev.triptych.text.runtime;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/** Commands on their way to an engine loop: bounded, filled by any thread, emptied by the loop alone. */
final class Mailbox {

    private final BlockingQueue<Command> commands;

    Mailbox(int capacity) {
        this.commands = new ArrayBlockingQueue<>(capacity);
    }

    /** Adds a command unless the mailbox is full. */
    boolean offer(Command command) {
        return commands.offer(command);
    }

    /** Takes a command back that the loop has not seen. */
    boolean retract(Command command) {
        return commands.remove(command);
    }

    /** Hands over all commands that are there. */
    void drainTo(Consumer<Command> consumer) {
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            consumer.accept(command);
        }
    }

    /** Waits for a command. */
    Command take() throws InterruptedException {
        return commands.take();
    }
}
