"""The whole process: the real `berita`, real servers on loopback, kill -9."""
