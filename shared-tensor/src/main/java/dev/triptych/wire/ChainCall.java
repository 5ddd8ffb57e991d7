package dev.triptych.wire;

import java.util.Arrays;

/** What a step of a chain can be, and which service does it. */
public enum ChainCall {
    /** The labels of a picture, best first; its tensor is their scores, float32 {@code [labels]}. */
    CLASSIFY("vision.classify", Topics.VISION_REQUESTS, Topics.VISION_RESULTS),

    /** Texts in another language, in their order. */
    TRANSLATE("text.translate", Topics.TEXT_REQUESTS, Topics.TEXT_RESULTS);

    private final String call;
    private final String requests;
    private final String results;

    ChainCall(String call, String requests, String results) {
        this.call = call;
        this.requests = requests;
        this.results = results;
    }

    /** @throws TriptychException.Rejected if there is no such call */
    public static ChainCall of(String name) {
        return Arrays.stream(values())
                .filter(each -> each.call.equals(name))
                .findAny()
                .orElseThrow(() -> new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "steps",
                        "a step's call must be vision.classify or text.translate, got " + name));
    }

    /** Its name in a step. */
    public String call() {
        return call;
    }

    /** Where its service takes requests. */
    public String requests() {
        return requests;
    }

    /** Where its service answers, if it is the last step. */
    public String results() {
        return results;
    }
}
