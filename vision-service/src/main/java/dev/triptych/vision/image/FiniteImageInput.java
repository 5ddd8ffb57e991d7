package dev.triptych.vision.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A picture's bytes, whose end cannot be passed over for ever. The WebP decoder takes what is missing for zeros, and
 * damaged tables may send it after billions of them, each of which costs memory. Of one thread.
 */
final class FiniteImageInput extends MemoryCacheImageInputStream {

    /** Decoders look a few bytes ahead, so an end that is met now and then is no damage. */
    private static final int MOST_ENDS = 1024;

    private int ends;

    FiniteImageInput(byte[] bytes) {
        super(new ByteArrayInputStream(bytes));
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value < 0) {
            ended();
        }
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        if (count < 0) {
            ended();
        }
        return count;
    }

    /** Not an {@link java.io.EOFException}, which decoders catch. */
    private void ended() throws IIOException {
        if (++ends > MOST_ENDS) {
            throw new IIOException("the decoder reads on and on behind the end of the picture");
        }
    }
}
