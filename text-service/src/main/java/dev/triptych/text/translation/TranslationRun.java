package dev.triptych.text.translation;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.Arrival;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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

    /** Tokens of which no sequence occurs twice in a careful attempt. */
    private static final int NO_REPEAT = 3;

    private final TranslationRequest request;
    private final Engine engine;
    private final TextListener listener;
    private final Translator.Surroundings surroundings;
    private final SerialExecutor serial;
    private final CompletableFuture<List<Translation>> result = new CompletableFuture<>();

    /** Ids that the engine may hold; read by {@link #cancel} from any thread. */
    private final Set<String> inFlight = ConcurrentHashMap.newKeySet();

    /** Encoded and to be submitted next. At most one attempt of each sentence in flight, and one sentence more. */
    private final Deque<Passage> pending = new ArrayDeque<>();

    private List<TextAssembly> texts = List.of();
    private final Map<SentenceWork, Place> places = new IdentityHashMap<>();
    private int nextText;
    private int submitted;
    private Arrival arrival = Arrival.uncounted();
    private Duration backOff = FIRST_BACK_OFF;
    private boolean retryPending;

    /** The model and how it is to be used. */
    record Engine(TextGenerator generator, GenerationParameters parameters) {}

    /** Which text a sentence belongs to, and which of all sentences it is. */
    private record Place(int text, int sentence) {}

    TranslationRun(
            TranslationRequest request, Engine engine, TextListener listener, Translator.Surroundings surroundings) {
        this.request = request;
        this.engine = engine;
        this.listener = listener;
        this.surroundings = surroundings;
        this.serial = new SerialExecutor(surroundings.workers().get());
    }

    void start(SentenceSplitter splitter) {
        if (request.options().priority() == Priority.INTERACTIVE) {
            arrival = engine.generator().arrive(engine.parameters().strategy());
            if (!(arrival.submission() instanceof Submission.Accepted)) {
                fail(capacity(arrival.submission()));
                return;
            }
            result.whenComplete((texts, failure) -> arrival.close());
        }
        post(() -> {
            TextReading reading = new TextReading(
                    splitter,
                    request.options().treatment().glossary(),
                    Locale.forLanguageTag(request.pair().target()),
                    retries(),
                    surroundings.limits().maxSentenceChars());
            texts = request.texts().stream()
                    .map(text ->
                            reading.read(text, request.options().treatment().format()))
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
            Passage passage = nextPassage();
            if (passage == null || !submit(passage)) {
                break;
            }
        }
        if (!result.isDone() && texts.stream().allMatch(TextAssembly::done)) {
            result.complete(texts.stream().map(TextAssembly::translation).toList());
        }
    }

    /** The next passage, short enough for the model; {@code null} when all were submitted. */
    private @Nullable Passage nextPassage() {
        while (pending.isEmpty() && nextText < texts.size()) {
            TextAssembly text = texts.get(nextText);
            SentenceWork work = text.nextToSubmit();
            if (work == null) {
                nextText++;
                continue;
            }
            List<Passage> passages = work.next(this::encode);
            if (!passages.isEmpty()) {
                pending.addAll(passages);
                places.put(work, new Place(nextText, places.size()));
                text.submitted();
            } else if (!text.cutNext()) {
                throw new TriptychException.Rejected(
                        ErrorCode.TOO_LARGE,
                        "input",
                        "a single character takes more tokens than the model reads, which is "
                                + engine.generator().limits().maxPromptTokens());
            }
        }
        return pending.peek();
    }

    /** {@code null} where the text is too long for the model. */
    private @Nullable List<Integer> encode(String text) {
        List<Integer> ids = engine.generator().encode(text);
        return ids.size() <= engine.generator().limits().maxPromptTokens() ? ids : null;
    }

    /** False when the engine has no room. */
    private boolean submit(Passage passage) {
        String id = request.id() + "-" + submitted;
        GenerationRequest generation = new GenerationRequest(
                id,
                passage.promptIds(),
                passage.careful() ? careful() : engine.parameters(),
                request.options().priority(),
                request.options().deadline());
        inFlight.add(id);
        arrival.close();
        Submission submission = engine.generator().submit(generation, event -> offer(event, id, passage));
        if (!(submission instanceof Submission.Accepted)) {
            inFlight.remove(id);
            rejected(submission);
            return false;
        }
        submitted++;
        backOff = FIRST_BACK_OFF;
        pending.remove(passage);
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
    private boolean offer(GenerationEvent event, String id, Passage passage) {
        if (result.isDone()) {
            return false;
        }
        switch (event) {
            case GenerationEvent.TokenGenerated token -> {
                // Alternatives come with the end.
                if (listener != TextListener.NONE && token.sequence() == 0) {
                    post(() -> token(token.tokenId(), passage));
                }
            }
            // Asked for by nobody here.
            case GenerationEvent.PromptScored ignored -> {}
            case GenerationEvent.Refined refined -> {
                if (listener != TextListener.NONE) {
                    post(() -> refined(refined, passage));
                }
            }
            case GenerationEvent.Finished finished ->
                post(() -> {
                    inFlight.remove(id);
                    finished(finished.result(), passage);
                });
        }
        return true;
    }

    private void token(int tokenId, Passage passage) {
        if (passage.work().live(passage)) {
            passage.work().token(tokenId, engine.generator()::tokenStream);
            settle(place(passage).text());
        }
    }

    private void finished(GenerationResult end, Passage passage) {
        switch (end.reason()) {
            case STOP, LENGTH -> {
                passage.finish(
                        end,
                        end.sequences().stream()
                                .map(sequence -> engine.generator().decode(sequence.tokenIds()))
                                .toList());
                if (passage.work().ended(passage)) {
                    tryAgain(passage.work());
                }
                settle(place(passage).text());
                pump();
            }
            case DEADLINE -> fail(deadlineExceeded());
            case CANCELLED ->
                fail(new TriptychException.Failed(ErrorCode.CANCELLED, "the engine canceled a sentence", null));
            case ERROR ->
                fail(new TriptychException.Failed(ErrorCode.INTERNAL, "generation failed: " + end.message(), null));
        }
    }

    /** Before what was never tried: the text behind it waits for it. */
    private void tryAgain(SentenceWork work) {
        List<Passage> passages = work.next(this::encode);
        if (passages.isEmpty()) {
            work.keepBest();
        }
        passages.reversed().forEach(pending::addFirst);
    }

    /** A non-autoregressive answer is that decoder's, and log-probs are of the strategy that was asked for. */
    private SentenceWork.Retries retries() {
        GenerationParameters asked = engine.parameters();
        if (asked.strategy().parallel()
                || asked.topLogProbs().isPresent()
                || !request.options().treatment().retry()) {
            return SentenceWork.Retries.NONE;
        }
        return engine.generator().limits().maxRows() < TranslationStrategies.DEFAULT_BEAMS
                ? SentenceWork.Retries.HALVES
                : SentenceWork.Retries.BEAMS_AND_HALVES;
    }

    private GenerationParameters careful() {
        return engine.parameters()
                .withStrategy(Strategy.Beam.of(TranslationStrategies.DEFAULT_BEAMS))
                .withRules(engine.parameters().rules().withNoRepeatNgramSize(NO_REPEAT));
    }

    private void refined(GenerationEvent.Refined refined, Passage passage) {
        if (!passage.work().live(passage)) {
            return;
        }
        Place place = place(passage);
        String text = engine.generator().decode(refined.tokenIds()).strip();
        if (!listener.onRefinement(
                place.text(), new TextListener.Refinement(place.sentence(), refined.iteration(), text))) {
            fail(new TriptychException.Failed(ErrorCode.CANCELLED, "the client reads too slowly or is gone", null));
        }
    }

    private Place place(Passage passage) {
        return Objects.requireNonNull(places.get(passage.work()), "a passage in flight has a place");
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
