package dev.triptych.engine.capi;

import dev.triptych.engine.DeviceRequest;

/** The processor as the device: Java is kept out of its memory just as well. */
class DeviceMemoryIT extends DeviceMemoryContract {

    DeviceMemoryIT() {
        super(new DeviceRequest.Cpu());
    }
}
