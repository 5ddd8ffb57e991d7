package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.BatchTable;
import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.ItemTable;

/** The tables that batches live in. */
public record BatchStore(BatchTable batches, ItemTable items, FileTable files) {}
