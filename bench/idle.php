<?php
/* The empty page of the idle part. */
