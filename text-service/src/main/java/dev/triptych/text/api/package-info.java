/**
 * The HTTP door: the native translation endpoints, LibreTranslate's and OpenAI's. Parses and checks requests, answers
 * in each protocol's shape, streams, and cancels what nobody waits for any more.
 *
 * <p>Controllers run on the event loop and never wait; tokenizing runs on the workers' scheduler.
 */
@NullMarked
package dev.triptych.text.api;

import org.jspecify.annotations.NullMarked;
