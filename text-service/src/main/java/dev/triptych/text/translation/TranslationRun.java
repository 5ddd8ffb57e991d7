package dev.triptych.text.translation;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One request's sentences: keeps a bounded number of them in the engine and stitches what comes back. Its state belongs
 * to its serial executor; the engine's thread only posts events to it.
 */
final class TranslationRun implements TranslationCall {

    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(20);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(1);

    private final TranslationRequest request;
    private final Engine engine;
    private final TextListener listener;
    private final Translator.Surroundings surroundings;
    private final SerialExecutor serial;
    private final CompletableFuture<List<Translation>> result = new CompletableFuture<>();

    /** Ids that the engine may hold; read by {@link #cancel} from any thread. */
    private final Set<String> inFlight = ConcurrentHashMap.newKeySet();

    private List<TextAssembly> texts = List.of();
    private int nextText;
    private int submitted;
    private Duration backOff = FIRST_BACK_OFF;
    private boolean retryPending;

    /** The model and how it is to be used. */
    record Engine(TextGenerator generator, GenerationParameters parameters) {}

    TranslationRun(
            TranslationRequest request, Engine engine, TextListener listener, Translator.Surroundings surroundings) {
        this.request = request;
        this.engine = engine;
        this.listener = listener;
        this.surroundings = surroundings;
        this.serial = new SerialExecutor(surroundings.workers());
    }

    void start(SentenceSplitter splitter) {
        post(() -> {
            int maxSentenceChars = surroundings.limits().maxSentenceChars();
            texts = request.texts().stream()
                    .map(text -> new TextAssembly(splitter.split(text), maxSentenceChars))
                    .toList();
            for (int index = 0; index < texts.size(); index++) {
                settle(index);
            }
            pump();
        });
    }

    @Override
    public String model() {
        return engine.generator().description().id();
    }

    @Override
    public CompletableFuture<List<Translation>> result() {
        return result;
    }

    @Override
    public void cancel() {
        fail(new TriptychException.Failed(ErrorCode.CANCELLED, "the translation was canceled", null));
    }

    /** Submits sentences until enough are in flight, and completes when all have come back. */
    private void pump() {
        int window = surroundings.limits().sentencesInFlight(request.options().priority());
        while (!result.isDone() && inFlight.size() < window) {
            if (pastDeadline()) {
                fail(deadlineExceeded());
                return;
            }
            SentenceWork work = nextSentence();
            if (work == null || !submit(work)) {
                break;
            }
        }
        if (!result.isDone() && texts.stream().allMatch(TextAssembly::done)) {
            result.complete(texts.stream().map(TextAssembly::translation).toList());
        }
    }

    /** The next sentence, encoded and short enough for the model; {@code null} when all were submitted. */
    private @Nullable SentenceWork nextSentence() {
        while (nextText < texts.size()) {
            TextAssembly text = texts.get(nextText);
            SentenceWork work = text.nextToSubmit();
            if (work == null) {
                nextText++;
            } else if (work.promptIds() != null) {
                return work;
            } else {
                encode(text, work);
            }
        }
        return null;
    }

    private void encode(TextAssembly text, SentenceWork work) {
        List<Integer> ids = engine.generator().encode(work.source());
        int bound = engine.generator().limits().maxPromptTokens();
        if (ids.size() <= bound) {
            work.encoded(ids);
        } else if (work.source().codePointCount(0, work.source().length()) > 1) {
            text.cutNext();
        } else {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    "input",
                    "a single character takes " + ids.size() + " tokens; the model reads " + bound);
        }
    }

    /** False when the engine has no room. */
    private boolean submit(SentenceWork work) {
        List<Integer> ids = work.promptIds();
        if (ids == null) {
            throw new IllegalStateException("submitted before it was encoded");
        }
        int index = nextText;
        String id = request.id() + "-" + submitted;
        GenerationRequest generation = new GenerationRequest(
                id,
                ids,
                engine.parameters(),
                request.options().priority(),
                request.options().deadline());
        inFlight.add(id);
        Submission submission = engine.generator().submit(generation, event -> offer(event, id, index, work));
        if (!(submission instanceof Submission.Accepted)) {
            inFlight.remove(id);
            rejected(submission);
            return false;
        }
        submitted++;
        backOff = FIRST_BACK_OFF;
        texts.get(index).submitted();
        if (result.isDone()) {
            // A cancel that ran meanwhile may have come before the engine knew the id.
            engine.generator().cancel(id);
        }
        return true;
    }

    /** Nothing is lost by refusing a request that has not begun; one that has begun, or may wait, tries again. */
    private void rejected(Submission submission) {
        if (submitted == 0 && request.options().priority() == Priority.INTERACTIVE) {
            fail(capacity(submission));
            return;
        }
        if (!retryPending) {
            retryPending = true;
            surroundings
                    .delayed()
                    .runAfter(
                            backOff,
                            () -> post(() -> {
                                retryPending = false;
                                pump();
                            }));
        }
        Duration doubled = backOff.multipliedBy(2);
        backOff = doubled.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : doubled;
    }

    private static TriptychException capacity(Submission submission) {
        return switch (submission) {
            case Submission.Overloaded overloaded ->
                new TriptychException.Overloaded(ErrorCode.OVERLOADED, overloaded.retryAfter(), overloaded.message());
            case Submission.Unavailable unavailable ->
                new TriptychException.Overloaded(
                        ErrorCode.UNAVAILABLE, unavailable.retryAfter(), unavailable.message());
            case Submission.Accepted accepted -> throw new IllegalArgumentException("not a rejection: " + accepted);
        };
    }

    /** On the engine's thread. */
    private boolean offer(GenerationEvent event, String id, int index, SentenceWork work) {
        if (result.isDone()) {
            return false;
        }
        switch (event) {
            case GenerationEvent.TokenGenerated token -> {
                // Alternatives come with the end.
                if (listener != TextListener.NONE && token.sequence() == 0) {
                    post(() -> {
                        work.token(token.tokenId(), engine.generator()::tokenStream);
                        settle(index);
                    });
                }
            }
            case GenerationEvent.Refined refined -> {
                if (listener != TextListener.NONE) {
                    post(() -> refined(refined, id, index));
                }
            }
            case GenerationEvent.Finished finished ->
                post(() -> {
                    inFlight.remove(id);
                    finished(finished.result(), index, work);
                });
        }
        return true;
    }

    private void finished(GenerationResult end, int index, SentenceWork work) {
        switch (end.reason()) {
            case STOP, LENGTH -> {
                if (work.streams()) {
                    work.finishStream(end);
                } else {
                    work.finish(end, engine.generator().decode(end.tokenIds()));
                }
                work.alternatives(end.sequences().stream()
                        .skip(1)
                        .map(other -> engine.generator().decode(other.tokenIds()))
                        .toList());
                settle(index);
                pump();
            }
            case DEADLINE -> fail(deadlineExceeded());
            case CANCELLED ->
                fail(new TriptychException.Failed(ErrorCode.CANCELLED, "the engine canceled a sentence", null));
            case ERROR ->
                fail(new TriptychException.Failed(ErrorCode.INTERNAL, "generation failed: " + end.message(), null));
        }
    }

    private void refined(GenerationEvent.Refined refined, String id, int index) {
        int sentence = Integer.parseInt(id.substring(request.id().length() + 1));
        String text = engine.generator().decode(refined.tokenIds()).strip();
        if (!listener.onRefinement(index, new TextListener.Refinement(sentence, refined.iteration(), text))) {
            fail(new TriptychException.Failed(ErrorCode.CANCELLED, "the client reads too slowly or is gone", null));
        }
    }

    private void settle(int index) {
        String delta = texts.get(index).settle();
        if (!delta.isEmpty() && !result.isDone() && !listener.onText(index, delta)) {
            fail(new TriptychException.Failed(ErrorCode.CANCELLED, "the client reads too slowly or is gone", null));
        }
    }

    private boolean pastDeadline() {
        return request.options()
                .deadline()
                .filter(deadline -> !surroundings.clock().instant().isBefore(deadline))
                .isPresent();
    }

    private static TriptychException.Failed deadlineExceeded() {
        return new TriptychException.Failed(
                ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the translation was complete", null);
    }

    /** Any thread. */
    private void fail(TriptychException failure) {
        result.completeExceptionally(failure);
        if (result.isCompletedExceptionally()) {
            inFlight.forEach(engine.generator()::cancel);
        }
    }

    private void post(Runnable task) {
        serial.execute(() -> {
            if (result.isDone()) {
                return;
            }
            try {
                task.run();
            } catch (TriptychException e) {
                fail(e);
            } catch (RuntimeException e) {
                fail(new TriptychException.Failed(ErrorCode.INTERNAL, "the translation failed", e));
            }
        });
    }
}
