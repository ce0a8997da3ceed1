package dev.jvmm.vcpu.cpuid;

/** What {@code -cpu help} prints. */
public final class CpuHelp {

  private static final int WIDTH = 78;

  private CpuHelp() {}

  /** The models, a line each, then the names of all features. */
  public static String text() {
    StringBuilder text = new StringBuilder("Available CPUs:\n");
    for (CpuModel model : CpuModel.values()) {
      text.append("  %-16s %s%n".formatted(model.spelling(), model.description()));
    }
    text.append("\nRecognized CPUID flags:\n");
    StringBuilder line = new StringBuilder(" ");
    for (String name : CpuFeatures.names()) {
      if (line.length() + 1 + name.length() > WIDTH) {
        text.append(line).append('\n');
        line = new StringBuilder(" ");
      }
      line.append(' ').append(name);
    }
    return text.append(line).append('\n').toString();
  }
}
