package dev.jvmm.block;

/** O_DIRECT's rules on a disk of 4 KiB blocks, and calls that move less than asked. */
class StrictFileTest extends StoringBackendContract {

  @Override
  BlockBackend open() {
    return new RawImage(
        RawImageConfig.of("strict").withCache(CacheMode.NONE),
        new RawImage.Shape(SIZE, BlockLimits.NONE, MemoryFile.STRICT),
        new MemoryFile(SIZE),
        null,
        host,
        loop);
  }
}
