package dev.triptych.text.fake;

import dev.triptych.text.decoding.constraint.OutputConstraints;
import dev.triptych.text.generation.AttentionOutcome;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenAutomaton;
import dev.triptych.text.generation.TokenScore;
import dev.triptych.text.runtime.Arrival;
import dev.triptych.text.runtime.EventSink;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TokenStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model whose output is its input in capitals. A token is a UTF-8 byte, so that characters come in halves. It moves
 * only when {@link #step} is called, or by itself once {@link #runByItself} was.
 *
 * <p>Inputs that contain a marker behave otherwise: {@link #FAILS} ends in an error, {@link #ENDLESS} never ends.
 */
public final class ScriptedGenerator implements TextGenerator {

    public static final String FAILS = "[fails]";
    public static final String ENDLESS = "[endless]";
    public static final int END = 1;
    private static final int FIRST_BYTE = 4;

    public final List<GenerationRequest> submitted = new CopyOnWriteArrayList<>();
    public final List<String> cancelled = new CopyOnWriteArrayList<>();
    public final AtomicInteger arrived = new AtomicInteger();
    public final AtomicInteger encoded = new AtomicInteger();

    private final ModelDescription description;
    private final GenerationLimits limits;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private volatile int capacity = Integer.MAX_VALUE;
    private volatile boolean available = true;
    private volatile boolean byItself;
    private int mostRows;

    public ScriptedGenerator(ModelDescription description, GenerationLimits limits) {
        this.description = description;
        this.limits = limits;
    }

    /** As a model would that is asked alone: exact, unless something may be lost. */
    @Override
    public Strategy settle(Strategy.Auto auto, int sentences, boolean anyDecoder) {
        return anyDecoder && auto.qualityLoss() > 0 ? Strategy.Ctc.bestPath() : new Strategy.Greedy();
    }

    /** At most this many rows are accepted at a time. */
    public void capacity(int rows) {
        capacity = rows;
    }

    public void available(boolean isAvailable) {
        available = isAvailable;
    }

    /** Lets a thread of its own step for as long as there are rows. */
    public ScriptedGenerator runByItself() {
        byItself = true;
        Thread.ofPlatform().daemon().name("scripted-engine").start(() -> {
            while (byItself) {
                letOthersIn();
                step();
            }
        });
        return this;
    }

    /**
     * Until there are rows, and between two steps for a millisecond: without it the thread of an endless row would keep
     * the lock from those that submit and cancel.
     */
    private void letOthersIn() {
        try {
            synchronized (rows) {
                rows.wait(1);
                while (rows.isEmpty()) {
                    rows.wait();
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One token for every row. Returns whether any row is left. */
    public boolean step() {
        synchronized (rows) {
            List.copyOf(rows.values()).forEach(Row::step);
            return !rows.isEmpty();
        }
    }

    public int running() {
        synchronized (rows) {
            return rows.size();
        }
    }

    /** The most rows that were in flight at a time. */
    public int mostRows() {
        synchronized (rows) {
            return mostRows;
        }
    }

    @Override
    public ModelDescription description() {
        return description;
    }

    @Override
    public GenerationLimits limits() {
        return limits;
    }

    @Override
    public List<Integer> encode(String text) {
        encoded.incrementAndGet();
        List<Integer> ids = new ArrayList<>(bytes(text));
        ids.add(END);
        return ids;
    }

    private static List<Integer> bytes(String text) {
        List<Integer> ids = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            ids.add(Byte.toUnsignedInt(b) + FIRST_BYTE);
        }
        return ids;
    }

    @Override
    public String decode(List<Integer> tokenIds) {
        byte[] bytes = new byte[tokenIds.size()];
        int length = 0;
        for (int id : tokenIds) {
            if (id >= FIRST_BYTE) {
                bytes[length++] = (byte) (id - FIRST_BYTE);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Each token looks at the one in its own place, and the last ones at the last. */
    @Override
    public AttentionOutcome attend(List<Integer> source, List<Integer> target) {
        if (!description.task().equals("translation")) {
            return TextGenerator.super.attend(source, target);
        }
        if (capacity == 0) {
            return new AttentionOutcome.Busy(Duration.ofSeconds(2));
        }
        float[][] values = new float[2][2 * target.size() * source.size()];
        for (int t = 0; t < target.size(); t++) {
            for (int head = 0; head < 2; head++) {
                int place = (head * target.size() + t) * source.size() + Math.min(t, source.size() - 1);
                values[0][place] = 1;
                values[1][place] = 1;
            }
        }
        return new AttentionOutcome.Weights(2, 2, target.size(), source.size(), values);
    }

    /** Those of translations are not held to a format, as of models whose encoder reads the prompt. */
    @Override
    public TokenAutomaton constrain(OutputFormat format) {
        if (description.task().equals("translation")) {
            return TextGenerator.super.constrain(format);
        }
        List<byte[]> spellings = new ArrayList<>();
        for (int id = 0; id < limits.vocabSize(); id++) {
            spellings.add(id < FIRST_BYTE ? new byte[0] : new byte[] {(byte) (id - FIRST_BYTE)});
        }
        return new OutputConstraints(spellings, List.of(END)).compile(format);
    }

    @Override
    public TokenStream tokenStream() {
        List<Integer> pending = new ArrayList<>();
        return new TokenStream() {
            @Override
            public String add(int tokenId) {
                pending.add(tokenId);
                String text = decode(pending);
                if (text.endsWith("\uFFFD")) {
                    return "";
                }
                pending.clear();
                return text;
            }

            @Override
            public String end() {
                return decode(pending);
            }
        };
    }

    @Override
    public Arrival arrive(Strategy strategy) {
        synchronized (rows) {
            if (rows.size() >= capacity) {
                return Arrival.refused(overloaded());
            }
        }
        arrived.incrementAndGet();
        return Arrival.counted(arrived::decrementAndGet);
    }

    private Submission overloaded() {
        return new Submission.Overloaded(Duration.ofSeconds(2), capacity + " rows are running");
    }

    @Override
    public Submission submit(GenerationRequest request, EventSink sink) {
        if (!available) {
            return new Submission.Unavailable(Duration.ofSeconds(3), "draining");
        }
        synchronized (rows) {
            if (rows.size() >= capacity) {
                return overloaded();
            }
            submitted.add(request);
            rows.put(request.id(), new Row(request, sink));
            mostRows = Math.max(mostRows, rows.size());
            rows.notifyAll();
        }
        return new Submission.Accepted();
    }

    @Override
    public void cancel(String requestId) {
        synchronized (rows) {
            Row row = rows.get(requestId);
            if (row != null) {
                cancelled.add(requestId);
                row.cancelled = true;
            }
        }
    }

    private final class Row {

        private final GenerationRequest request;
        private final EventSink sink;
        private final List<Integer> output = new ArrayList<>();
        private final List<Integer> script;
        private final String source;
        private boolean cancelled;

        Row(GenerationRequest request, EventSink sink) {
            this.request = request;
            this.sink = sink;
            this.source = decode(request.promptIds());
            this.script = encode(source.toUpperCase(Locale.ROOT));
        }

        void step() {
            if (cancelled) {
                finish(FinishReason.CANCELLED, "");
            } else if (request.deadline().filter(Instant.now()::isAfter).isPresent()) {
                finish(FinishReason.DEADLINE, "");
            } else if (source.contains(FAILS)) {
                finish(FinishReason.ERROR, "the script says so");
            } else {
                if (output.isEmpty() && request.parameters().strategy() instanceof Strategy.MaskPredict) {
                    sink.offer(new GenerationEvent.Refined(1, script.subList(0, 1)));
                    sink.offer(new GenerationEvent.Refined(2, script));
                }
                next(source.contains(ENDLESS) ? FIRST_BYTE + 'x' : script.get(output.size()));
            }
        }

        private void next(int tokenId) {
            output.add(tokenId);
            GenerationEvent event = request.parameters().topLogProbs().isPresent()
                    ? new GenerationEvent.TokenGenerated(
                            0,
                            tokenId,
                            -0.5,
                            sequence(FinishReason.STOP, 0).topLogProbs().stream()
                                    .skip(output.size() - 1)
                                    .findFirst()
                                    .orElse(List.of()))
                    : new GenerationEvent.TokenGenerated(tokenId, -0.5);
            if (!sink.offer(event)) {
                ScriptedGenerator.this.cancelled.add(request.id());
                finish(FinishReason.CANCELLED, "");
            } else if (tokenId == END) {
                finish(FinishReason.STOP, "");
            } else if (output.size() == request.parameters().maxNewTokens() && !source.contains(ENDLESS)) {
                finish(FinishReason.LENGTH, "");
            }
        }

        private void finish(FinishReason reason, String message) {
            rows.remove(request.id());
            GenerationEvent.GenerationTiming timing =
                    new GenerationEvent.GenerationTiming(1_000_000, 2_000_000, 3_000_000, output.size());
            List<GeneratedSequence> sequences = new ArrayList<>();
            for (int i = 0; i < request.parameters().strategy().outputs(); i++) {
                sequences.add(sequence(reason, i));
            }
            sink.offer(new GenerationEvent.Finished(
                    new GenerationEvent.GenerationResult(reason, sequences, timing, message)));
        }

        /** The output, with as many further exclamation marks as there are better sequences. */
        private GeneratedSequence sequence(FinishReason reason, int rank) {
            List<Integer> ids = new ArrayList<>(output);
            int end = ids.isEmpty() ? 0 : ids.size() - 1;
            for (int i = 0; i < rank; i++) {
                ids.add(end, FIRST_BYTE + '!');
            }
            boolean withLogProbs = request.parameters().topLogProbs().isPresent();
            int top = request.parameters().topLogProbs().orElse(0);
            return new GeneratedSequence(
                    reason,
                    ids,
                    -0.5 * ids.size(),
                    withLogProbs ? ids.stream().map(id -> -0.5).toList() : List.of(),
                    top == 0
                            ? List.of()
                            : ids.stream()
                                    .map(id -> List.of(new TokenScore(id, -0.5), new TokenScore(END, -1.5)))
                                    .toList());
        }
    }
}
