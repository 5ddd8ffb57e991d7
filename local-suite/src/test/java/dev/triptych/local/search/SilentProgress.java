package dev.triptych.local.search;

import dev.triptych.local.client.ProgressView;

final class SilentProgress implements ProgressView {

    @Override
    public void update(long done) {}

    @Override
    public void note(String text) {}

    @Override
    public void close() {}
}
