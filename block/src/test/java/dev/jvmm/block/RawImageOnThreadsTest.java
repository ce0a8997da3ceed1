package dev.jvmm.block;

class RawImageOnThreadsTest extends RawImageContract {

  @Override
  RawImageConfig config(String file) {
    return RawImageConfig.of(file).unmapping(DetectZeroes.UNMAP);
  }
}
