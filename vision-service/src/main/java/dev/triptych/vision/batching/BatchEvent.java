package dev.triptych.vision.batching;

import dev.triptych.vision.image.RgbImage;
import java.util.List;
import java.util.Set;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A run of a model over a batch of pictures, for Flight Recorder; committed on the model's thread. While nobody records,
 * nothing is made and no clock is read.
 */
@Name("dev.triptych.Batch")
@Label("Model Batch")
@Description("A run of a model over pictures of one size")
@Category("Triptych")
@StackTrace(false)
final class BatchEvent extends Event {

    /** Asked whether anybody records; never committed. */
    private static final BatchEvent SWITCH = new BatchEvent();

    @Label("Model")
    String model = "";

    @Label("Rows")
    @Description("Pictures of the batch")
    int rows;

    @Label("Width")
    @Description("Of each picture as the graph gets it, in pixels")
    int width;

    @Label("Height")
    int height;

    @Label("Outcome")
    @Description("completed or failed")
    String outcome = "";

    private BatchEvent() {}

    /** Runs a batch; its pictures have one size. */
    static List<RowOutputs> around(String model, List<RgbImage> images, Set<String> wanted, BatchRunner runner) {
        if (!SWITCH.isEnabled()) {
            return runner.run(images, wanted);
        }
        BatchEvent event = new BatchEvent();
        event.model = model;
        event.rows = images.size();
        event.width = images.getFirst().width();
        event.height = images.getFirst().height();
        event.outcome = "failed";
        event.begin();
        try {
            List<RowOutputs> outputs = runner.run(images, wanted);
            event.outcome = "completed";
            return outputs;
        } finally {
            event.commit();
        }
    }
}
