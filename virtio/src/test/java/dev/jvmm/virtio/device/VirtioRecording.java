package dev.jvmm.virtio.device;

import dev.jvmm.core.trace.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Flight recordings in tests. */
public final class VirtioRecording {

  private VirtioRecording() {}

  /** The events of one type from what happens meanwhile, in their order. */
  @SuppressWarnings("exports") // tests alone
  public static List<RecordedEvent> of(String type, Runnable what) throws IOException {
    Recordings.follow();
    Path file = Files.createTempFile("recording", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable(type);
      recording.start();
      what.run();
      recording.stop();
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().equals(type))
          .toList();
    } finally {
      Files.delete(file);
    }
  }
}
