package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Attention;
import dev.triptych.engine.GraphNames.Part;
import java.util.Arrays;

/** The graphs' names of every cache, made once: a step should not build strings. */
final class CacheNames {

    final String[] pastKey;
    final String[] pastValue;
    final String[] pastCrossKey;
    final String[] pastCrossValue;
    final String[] presentKey;
    final String[] presentValue;
    final String[] presentCrossKey;
    final String[] presentCrossValue;

    CacheNames(int layers) {
        pastKey = past(layers, Attention.SELF, Part.KEY);
        pastValue = past(layers, Attention.SELF, Part.VALUE);
        pastCrossKey = past(layers, Attention.CROSS, Part.KEY);
        pastCrossValue = past(layers, Attention.CROSS, Part.VALUE);
        presentKey = present(layers, Attention.SELF, Part.KEY);
        presentValue = present(layers, Attention.SELF, Part.VALUE);
        presentCrossKey = present(layers, Attention.CROSS, Part.KEY);
        presentCrossValue = present(layers, Attention.CROSS, Part.VALUE);
    }

    private static String[] past(int layers, Attention attention, Part part) {
        String[] names = new String[layers];
        Arrays.setAll(names, layer -> GraphNames.past(layer, attention, part));
        return names;
    }

    private static String[] present(int layers, Attention attention, Part part) {
        String[] names = new String[layers];
        Arrays.setAll(names, layer -> GraphNames.present(layer, attention, part));
        return names;
    }
}
