package dev.triptych.gateway.jobs.batches;

import java.util.Map;

class BatchesIT extends BatchesContract {

    @Override
    Map<String, String> store() {
        return Map.of("triptych.jobs.store.folder", folder.toString());
    }
}
