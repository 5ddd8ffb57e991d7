package dev.triptych.modelpackage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lists the operators of an ONNX file, which the runtime does not tell. Walks the protocol buffer along
 * {@code ModelProto.graph.node.op_type} and into subgraphs, and skips weights by their length.
 */
public final class GraphOperators {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_GRAPHS = 11;

    /** Wire types of the protocol buffer encoding. */
    private static final int VARINT = 0;

    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final MemorySegment file;
    private final Set<String> operators = new TreeSet<>();
    private long position;

    private GraphOperators(MemorySegment file) {
        this.file = file;
    }

    /**
     * The names of all operators in a graph, each once.
     *
     * @throws ModelPackageException if the file is not an ONNX graph
     */
    public static Set<String> of(Path graph) {
        try (FileChannel channel = FileChannel.open(graph);
                Arena arena = Arena.ofConfined()) {
            GraphOperators reader =
                    new GraphOperators(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
            reader.message(channel.size(), Message.MODEL);
            return reader.operators;
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new ModelPackageException(graph.getFileName() + " is not a readable ONNX graph", e);
        }
    }

    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        ATTRIBUTE
    }

    private void message(long end, Message kind) {
        while (position < end) {
            long key = varint();
            int field = (int) (key >>> 3);
            switch ((int) (key & 7)) {
                case VARINT -> varint();
                case FIXED_64 -> position += Long.BYTES;
                case FIXED_32 -> position += Integer.BYTES;
                case BYTES -> bytes(kind, field);
                default -> throw new IndexOutOfBoundsException("no such wire type");
            }
        }
    }

    private void bytes(Message kind, int field) {
        long length = varint();
        long end = position + length;
        switch (kind) {
            case MODEL -> nested(field == MODEL_GRAPH, end, Message.GRAPH);
            case GRAPH -> nested(field == GRAPH_NODE, end, Message.NODE);
            case NODE -> {
                if (field == NODE_OPERATOR) {
                    byte[] name = file.asSlice(position, length).toArray(ValueLayout.JAVA_BYTE);
                    operators.add(new String(name, StandardCharsets.UTF_8));
                }
                nested(field == NODE_ATTRIBUTE, end, Message.ATTRIBUTE);
            }
            case ATTRIBUTE -> nested(field == ATTRIBUTE_GRAPH || field == ATTRIBUTE_GRAPHS, end, Message.GRAPH);
        }
        position = end;
    }

    private void nested(boolean wanted, long end, Message kind) {
        if (wanted) {
            message(end, kind);
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = file.get(ValueLayout.JAVA_BYTE, position++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number has no end");
    }
}
