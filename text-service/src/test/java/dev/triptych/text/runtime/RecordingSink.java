package dev.triptych.text.runtime;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import java.util.ArrayList;
import java.util.List;

/** Hears everything, and refuses from some event on if told to. */
final class RecordingSink implements EventSink {

    private final int capacity;
    private final List<GenerationEvent> events = new ArrayList<>();

    RecordingSink() {
        this(Integer.MAX_VALUE);
    }

    RecordingSink(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public synchronized boolean offer(GenerationEvent event) {
        if (events.size() >= capacity) {
            return false;
        }
        events.add(event);
        return true;
    }

    synchronized List<GenerationEvent> events() {
        return List.copyOf(events);
    }

    /** The tokens heard one by one. */
    synchronized List<Integer> tokens() {
        return events.stream()
                .filter(GenerationEvent.TokenGenerated.class::isInstance)
                .map(event -> ((GenerationEvent.TokenGenerated) event).tokenId())
                .toList();
    }

    /** The tokens of one sequence. */
    synchronized List<Integer> tokens(int sequence) {
        return events.stream()
                .filter(event -> event instanceof GenerationEvent.TokenGenerated token && token.sequence() == sequence)
                .map(event -> ((GenerationEvent.TokenGenerated) event).tokenId())
                .toList();
    }

    synchronized boolean finished() {
        return !events.isEmpty() && events.getLast() instanceof GenerationEvent.Finished;
    }

    synchronized GenerationResult result() {
        if (events.getLast() instanceof GenerationEvent.Finished finished) {
            return finished.result();
        }
        throw new AssertionError("not finished: " + events);
    }
}
