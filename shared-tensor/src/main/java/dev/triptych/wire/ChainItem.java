package dev.triptych.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An item that passes several services, the value of a record on the requests topic of the next step's service. A client
 * sends it to the first step's with {@code image} or {@code texts} and no hops; each service adds a hop and sends it on, in
 * the transaction that ends its own request. The terminal record, result or error, is on the results topic of the last
 * step's service.
 *
 * @param steps in order
 * @param image what the first step gets, if it is {@code vision.classify}: base64 or a {@code data:} URL
 * @param texts what the first step gets, if it is {@code text.translate}
 * @param hops of the steps that are done
 */
public record ChainItem(
        List<ChainStep> steps,
        @Nullable String image,
        @Nullable List<String> texts,
        @Nullable List<ChainHop> hops) {

    /** How many steps are done. */
    public int done() {
        return hops == null ? 0 : hops.size();
    }

    /**
     * The step to be done now.
     *
     * @throws TriptychException.Rejected if all are done, or a step is not given what it needs
     */
    public ChainStep next() {
        for (int i = 0; i < steps.size(); i++) {
            ChainCall call = ChainCall.of(steps.get(i).call());
            if (call == ChainCall.CLASSIFY && i > 0) {
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "steps",
                        "vision.classify takes an image, which only the first step has; here it is step " + (i + 1));
            }
        }
        if (done() >= steps.size()) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, "hops", "hops must be fewer than the steps, " + steps.size());
        }
        return steps.get(done());
    }

    /**
     * The picture of the first step.
     *
     * @throws TriptychException.Rejected if there is none
     */
    public String requireImage() {
        if (image == null) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, "image", "vision.classify needs the field image");
        }
        return image;
    }

    /**
     * The texts of the next step: the last hop's, or at first the item's.
     *
     * @throws TriptychException.Rejected if there are none
     */
    public List<String> requireTexts() {
        List<String> given =
                hops == null || hops.isEmpty() ? texts : hops.getLast().texts();
        if (given == null || given.isEmpty()) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, "texts", "text.translate needs texts, and the step before gave none");
        }
        return given;
    }
}
