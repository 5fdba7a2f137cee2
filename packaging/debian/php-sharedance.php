mod debian/sharedance.ini
